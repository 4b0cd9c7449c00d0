import { readQuery } from './query.ts';
import type { Request, Wire } from './wire.ts';
import { escapeXml, writeXml } from './xml.ts';

/** The parameters of a Query call: in the body of a POST, in the URL of a (presigned) GET. */
const fields = ({ body, query }: Request): URLSearchParams =>
  body.length > 0 ? new URLSearchParams(body.toString('utf8')) : query;

const metadata = (requestId: string) =>
  `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;

const HEADERS = { 'content-type': 'text/xml' };

/** awsQuery: form fields in, XML out. */
export const awsQuery: Wire = {
  name: (_model, request) => ({ operation: fields(request).get('Action') ?? '', labels: {} }),
  async decode({ input }, request) {
    return readQuery(input, fields(request));
  },
  encode({ name, output }, value, { service }, requestId) {
    const result = output.isStructSchema() ? `<${name}Result>${writeXml(output, value)}</${name}Result>` : '';
    const namespace = service.xmlNamespace ?? '';
    const body = `<${name}Response xmlns="${namespace}">${result}${metadata(requestId)}</${name}Response>`;
    return { status: 200, headers: HEADERS, body };
  },
  fail({ code, fault, message, status }, model, requestId) {
    const type = fault === 'client' ? 'Sender' : 'Receiver';
    const error = `<Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
    const body = `<ErrorResponse xmlns="${model?.service.xmlNamespace ?? ''}"><Error>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
    return { status, headers: HEADERS, body };
  },
};
