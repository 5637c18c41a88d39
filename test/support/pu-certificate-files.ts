import { readFile } from 'node:fs/promises';
import type { PuCertificate } from '../../connectors/sources/pu/pu-certificate.ts';

/** A certificate that stands in files, as those of the sandbox do. */
export async function readCertificateFiles(files: {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}): Promise<PuCertificate> {
  const [cert, key, ca] = await Promise.all(
    [files.cert, files.key, files.ca].map((file) => readFile(file, 'utf8')),
  );
  if (cert === undefined || key === undefined) throw new TypeError('Three files give three texts.');
  return { cert, key, ca };
}
