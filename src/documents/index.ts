import type { Route } from '../platform/http/route.ts';
import { fileRoutes } from './files.routes.ts';
import { voucherCollectionRoutes } from './voucher-collections.routes.ts';
import { voucherRoutes } from './vouchers.routes.ts';

export { holdContent } from './content-lease.ts';
export { createFile } from './file-create.ts';
export { linkVoucher } from './voucher-link.ts';
export { fileStoreOf } from './file.ts';
export { readUpload, UploadBody } from './file-upload.ts';
export { deleteFile } from './file-delete.ts';

export const documentsRoutes: Route[] = [...fileRoutes, ...voucherRoutes, ...voucherCollectionRoutes];
