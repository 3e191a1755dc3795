import type { Route } from '../platform/http/route.ts';
import { fileRoutes } from './files/files.routes.ts';
import { voucherCollectionRoutes } from './voucher-collections/voucher-collections.routes.ts';
import { voucherRoutes } from './vouchers/vouchers.routes.ts';

export { holdContent } from './files/content-lease.ts';
export { createFile } from './files/file-create.ts';
export { linkVoucher } from './vouchers/voucher-link.ts';
export { fileStoreOf } from './files/file.ts';
export { readUpload, UploadBody } from './files/file-upload.ts';
export { deleteFile } from './files/file-delete.ts';

export const documentsRoutes: Route[] = [...fileRoutes, ...voucherRoutes, ...voucherCollectionRoutes];
