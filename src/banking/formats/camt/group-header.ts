import { group, groups, leaf } from './node.ts';

/** GrpHdr: the message, and its addressee. */
export const GROUP_HEADER = group({
  MsgId: leaf((s, text) => void (s.header.messageId = text)),
  CreDtTm: leaf((s, text) => void (s.header.createdAt = text)),
  MsgRcpt: group({
    Nm: leaf((s, text) => void (s.header.recipientName = text)),
    Id: group({
      OrgId: group({
        Othr: groups({ Id: leaf((s, text) => void (s.header.recipientId ??= text)) }),
      }),
    }),
  }),
});
