export { dueSubmissions } from './submission-schedule.ts';
export { SUBMISSION_TASK, SubmissionSender } from './submission-send.ts';
export { vatReturnRoutes } from './vat-return.routes.ts';
