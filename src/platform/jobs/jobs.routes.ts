import type { Route } from '../http/route.ts';
import { jobFileRoute } from './job-file-get.ts';
import { jobGetRoute } from './job-get.ts';
import { jobListRoute } from './job-list.ts';
import { jobRetryRoute } from './job-retry.ts';

export const jobRoutes: Route[] = [jobListRoute, jobGetRoute, jobRetryRoute, jobFileRoute];
