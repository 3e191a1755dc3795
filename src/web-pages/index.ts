export { registerApiDocs } from './api-docs/api-docs.ts';
export { type PagesOptions, registerPages } from './pages.ts';
