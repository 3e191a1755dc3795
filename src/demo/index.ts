export { createDemo, type DemoInfo } from './create-demo.ts';
