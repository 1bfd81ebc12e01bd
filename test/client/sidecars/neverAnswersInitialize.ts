import { listen } from './speak.ts';

listen(() => {});
