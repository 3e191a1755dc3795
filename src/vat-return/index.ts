export { createSettlement } from './settlement-create.ts';
export { createSubmission } from './submission-create.ts';
export { dueSubmissions } from './submission-schedule.ts';
export { SUBMISSION_TASK, SubmissionSender } from './submission-send.ts';
export type { SubmissionView } from './submission.ts';
export { vatReturnRoutes } from './vat-return.routes.ts';
export { getVatYear, type TermState, type VatYear } from './year-get.ts';
