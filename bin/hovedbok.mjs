#!/usr/bin/env node
import { existsSync } from 'node:fs';

// An installation without sources (a container image) has neither.
const scripts = new URL('../scripts/', import.meta.url);
if (existsSync(scripts)) {
  const { onSupportedNode } = await import('../scripts/node.mjs');
  await onSupportedNode();
  const { ensureBuilt } = await import('../scripts/build.mjs');
  await ensureBuilt();
}
process.setSourceMapsEnabled(true);
await import('../dist/main.js');
