export { isWorkingDay, workingDayFrom, workingDayUntil } from '../../kernel/working-days.ts';
