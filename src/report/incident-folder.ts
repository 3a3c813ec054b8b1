import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { OutgoingMessage } from '../workflows/incident/messages.ts';
import { folderOf, writeArchive } from './archive-folder.ts';
import { seal, serialize, type Report } from './chain.ts';
import { readIncident } from './incident-content.ts';
import { fileNames, readReport } from './read.ts';
import { verifyReport } from './verify.ts';

/** Folder of an incident in the archive: `report/`, `bundle/` and `messages/` are in it. */
export const incidentFolder = (archive: string, number: string): string => folderOf(join(archive, 'incidents'), number);

/** Writes the report of an incident, and answers its folder; a report of the same state that is there whole stays, an earlier one is kept beside. */
export async function writeIncident(archive: string, report: Report): Promise<string> {
  const { incident } = readIncident(report);
  const folder = incidentFolder(archive, incident.number);
  const there = join(folder, 'report');
  const { whole } = await verifyReport(there);
  if (whole && readIncident(await readReport(join(there, fileNames.json))).incident.view === incident.view) return there;
  return (await writeArchive(folder, 'report', report)).folder;
}

/** Keeps a part of an incident's messages; a part that is there stays as it is. */
export async function writePart(archive: string, number: string, part: number, messages: readonly OutgoingMessage[]): Promise<void> {
  const folder = join(incidentFolder(archive, number), 'messages');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `part-${String(part).padStart(6, '0')}.json`);
  if (await readPart(file).catch(() => undefined)) return;
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, serialize(seal(messages.map((message) => ({ kind: 'message', at: message.dueAt, data: message })))), {
    flush: true,
  });
  await rename(draft, file);
}

/** Messages of an incident that were moved to the archive, in their order. Throws BrokenReport when a part is not as it was written. */
export async function archivedMessages(archive: string, number: string): Promise<OutgoingMessage[]> {
  const folder = join(incidentFolder(archive, number), 'messages');
  const names = await readdir(folder).catch(() => []);
  const parts = names.filter((name) => /^part-\d+\.json$/.test(name)).sort();
  return (await Promise.all(parts.map((name) => readPart(join(folder, name))))).flat();
}

async function readPart(file: string): Promise<OutgoingMessage[]> {
  return (await readReport(file)).entries.map(({ data }) => data as OutgoingMessage);
}
