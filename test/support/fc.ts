import fc from 'fast-check';

// A commit passes or fails as it did before. Other cases are looked for with LLM_SIDECAR_SEED, best many of them.
fc.configureGlobal({ seed: Number(process.env['LLM_SIDECAR_SEED'] ?? 1) });

export { fc };
