export { createSettlement } from './settlements/settlement-create.ts';
export { createSubmission } from './submissions/submission-create.ts';
export { dueSubmissions } from './submissions/submission-schedule.ts';
export { SUBMISSION_TASK, SubmissionSender } from './submissions/submission-send.ts';
export type { SubmissionView } from './submissions/submission.ts';
export { vatReturnRoutes } from './vat-return.routes.ts';
export { getVatYear, type TermState, type VatYear } from './year-get.ts';
