export interface Part {
  name: string;
  value?: string;
  file?: { name: string; type: string; content: Buffer | string };
}

/** A multipart form as a browser sends it. */
export function multipart(parts: readonly Part[]): { payload: Buffer; headers: Record<string, string> } {
  const boundary = '----hovedbok-test-boundary';
  const chunks = parts.flatMap(({ name, value, file }) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"`),
    Buffer.from(file ? `; filename="${file.name}"\r\nContent-Type: ${file.type}\r\n\r\n` : '\r\n\r\n'),
    Buffer.from(file ? file.content : (value ?? '')),
    Buffer.from('\r\n'),
  ]);
  return {
    payload: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}
