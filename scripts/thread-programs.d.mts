import type { Plugin } from 'esbuild';

export const threadPrograms: Record<string, string>;
export const onlyWhatIsUsed: Plugin;
