export { attachDemoProperty } from './attach-property.ts';
export { DEMO_SIGN_INS } from './demo-sign-ins.ts';
export { createDemo, type DemoInfo } from './create-demo.ts';
export { openDemoBank, payDemoBill } from './pay-bill.ts';
