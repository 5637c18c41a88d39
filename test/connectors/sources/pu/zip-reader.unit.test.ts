import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findHubError } from '../../../../core/errors/hub-error.ts';
import { entriesOf, replaceInZip, type ZipEntry, zipOf } from './zip-files.ts';

const UNREADABLE = { code: 'HUB_PU_ANSWER_UNREADABLE' };
const FORBIDDEN = { code: 'HUB_PU_ANSWER_FORBIDDEN' };
const XML = '<a>å</a>';
const SYMBOLIC_LINK = 0o120777;

describe('reading a zip', () => {
  it('gives the entries, packed or not, and no folders', async () => {
    const zip = await zipOf(
      { name: 'one.xml', content: XML },
      { name: 'two.xml', content: 'x'.repeat(200_000), isStored: true },
      { name: 'empty.xml', content: '' },
    );
    expect(await entriesOf(zip)).toEqual([XML, 'x'.repeat(200_000), '']);
    const folder = replaceInZip(
      await zipOf({ name: 'inside!', content: '' }),
      'inside!',
      'inside/',
    );
    expect(await entriesOf(folder)).toEqual([]);
  });

  it('of nothing gives nothing', async () => {
    expect(await entriesOf(await zipOf())).toEqual([]);
  });

  it.each([
    ['a path that leads out', '../../x'],
    ['an absolute path', '/etc/x1'],
    ['a path of Windows', 'C:/x123'],
    ['a path with backslashes', '..\\..\\x'],
    ['a name with a zero', 'a\u0000b.xml'],
  ])('refuses %s', async (_, name) => {
    const honest = await zipOf({ name: 'x'.repeat(name.length), content: XML });
    const zip = replaceInZip(honest, 'x'.repeat(name.length), name);
    await expect(entriesOf(zip)).rejects.toMatchObject(FORBIDDEN);
  });

  it('refuses a symbolic link', async () => {
    const zip = await zipOf({ name: 'a.xml', content: '/etc/hosts', mode: SYMBOLIC_LINK });
    await expect(entriesOf(zip)).rejects.toMatchObject(FORBIDDEN);
  });

  it('refuses a bomb before it unpacks anything', async () => {
    const zip = await zipOf({ name: 'a.xml', content: Buffer.alloc(4_000_000) });
    await expect(entriesOf(zip)).rejects.toMatchObject(FORBIDDEN);
  });

  it('stops a bomb that states a small size', async () => {
    const content = Buffer.alloc(4_000_000);
    const zip = await zipOf({ name: 'a.xml', content });
    const central = zip.indexOf('PK\u0001\u0002');
    zip.writeUInt32LE(1_000, central + 24);
    await expect(entriesOf(zip)).rejects.toMatchObject(FORBIDDEN);
  });

  it('refuses what is over its limits', async () => {
    const entry: ZipEntry = { name: 'a.xml', content: 'x'.repeat(1_000) };
    const zip = await zipOf(entry, { ...entry, name: 'b.xml' });
    await expect(entriesOf(zip, { entries: 1 })).rejects.toMatchObject(FORBIDDEN);
    await expect(entriesOf(zip, { entryBytes: 999 })).rejects.toMatchObject(FORBIDDEN);
    await expect(entriesOf(zip, { totalBytes: 1_999 })).rejects.toMatchObject(FORBIDDEN);
    expect(await entriesOf(zip, { entries: 2, entryBytes: 1_000, totalBytes: 2_000 })).toHaveLength(
      2,
    );
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<html>Gateway timeout</html>')],
  ])('refuses %s', async (_, zip) => {
    await expect(entriesOf(zip)).rejects.toMatchObject(UNREADABLE);
  });

  it('refuses a zip that is cut, wherever', async () => {
    const zip = await zipOf({ name: 'a.xml', content: XML.repeat(50) });
    for (let length = 0; length < zip.length; length += 5)
      await expect(entriesOf(zip.subarray(0, length))).rejects.toMatchObject(UNREADABLE);
  });

  it('refuses content that does not have the sum of the zip', async () => {
    const zip = await zipOf({ name: 'a.xml', content: XML, isStored: true });
    await expect(entriesOf(replaceInZip(zip, '<a>', '<b>'))).rejects.toMatchObject(UNREADABLE);
  });

  it('gives only its own errors, and never a name of the zip, whatever byte is wrong', async () => {
    const honest = await zipOf({ name: 'Hemlig.xml', content: XML.repeat(20) });
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: honest.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        async (at, byte) => {
          const zip = Buffer.from(honest);
          zip[at] = byte;
          const error = await entriesOf(zip).then(
            () => undefined,
            (thrown: unknown): unknown => thrown,
          );
          if (error === undefined) return;
          expect(findHubError(error)?.code).toMatch(/^HUB_PU_ANSWER_/);
          for (let link: unknown = error; link instanceof Error; link = link.cause)
            expect(link.message).not.toContain('Hemlig');
        },
      ),
      { numRuns: 300 },
    );
  });
});
