export const hookPoints = ['filterModels', 'defaultModel', 'promptStart', 'promptEnd', 'groupExit'] as const;
export type HookPoint = (typeof hookPoints)[number];
