import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import {
  asBoolean,
  asBooleanOrAll,
  Id,
  QueryBoolean,
  QueryBooleanOrAll,
  strict,
  Type,
} from '../../platform/http/schema.ts';
import { FileView } from './file.ts';
import { createFile } from './file-create.ts';
import { deleteFile } from './file-delete.ts';
import { downloadFile, sendContent } from './file-download.ts';
import { getFile } from './file-get.ts';
import { listFiles } from './file-list.ts';
import { readUpload, UploadBody } from './file-upload.ts';

const tag = 'Files';
const params = strict({ id: Id });

export const fileRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/files',
    tag,
    summary: 'List files; an employee sees those it sent in',
    operation: listFiles,
    client: 'query',
    query: strict({
      client_account_id: Id,
      type: Type.Optional(Type.String({ description: 'A media type or its first part, as application/pdf or image' })),
      is_active: Type.Optional(QueryBooleanOrAll),
      order_by: Type.Optional(Type.String()),
      ...pageQuery(100),
    }),
    response: listOf(FileView),
    input: ({ query }) => ({
      ...pageOf(query, 100),
      type: query.type,
      isActive: asBooleanOrAll(query.is_active, true),
      orderBy: query.order_by,
    }),
  }),
  route({
    method: 'POST',
    path: '/files',
    tag,
    summary: 'Upload a document; it becomes a voucher with the same id',
    operation: createFile,
    client: 'body',
    status: 201,
    consumes: ['multipart/form-data'],
    readBody: readUpload,
    body: UploadBody,
    response: FileView,
    input: ({ body }) => ({ file: body.file, processingTrack: body.processing_track ?? 'DEFAULT' }),
  }),
  route({
    method: 'GET',
    path: '/files/{id}',
    tag,
    summary: 'A file',
    operation: getFile,
    client: 'record',
    recordIn: 'files',
    params,
    response: FileView,
    input: ({ params: { id } }) => ({ id }),
  }),
  route({
    method: 'GET',
    path: '/files/{id}/download',
    tag,
    summary: 'The content of a file, to save or (inline) to show; one byte range if asked for',
    operation: downloadFile,
    client: 'record',
    recordIn: 'files',
    params,
    query: strict({ inline: Type.Optional(QueryBoolean) }),
    produces: ['application/octet-stream'],
    input: ({ params: { id } }) => ({ id }),
    send: (content, reply, { query }) => sendContent(content, reply, asBoolean(query.inline, false)),
  }),
  route({
    method: 'DELETE',
    path: '/files/{id}',
    tag,
    summary: 'Delete a file that documents no entry',
    operation: deleteFile,
    client: 'record',
    recordIn: 'files',
    params,
    response: FileView,
    input: ({ params: { id } }) => ({ id }),
  }),
];
