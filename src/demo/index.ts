export { attachDemoProperty } from './attach-property.ts';
export { createDemo, type DemoInfo } from './create-demo.ts';
export { openDemoBank, payDemoBill } from './pay-bill.ts';
