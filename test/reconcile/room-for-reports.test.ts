import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { proveRoomForReports } from '../../src/reconcile/room-for-reports.ts';

describe('proveRoomForReports', () => {
  it('leaves nothing behind', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'channelbook-room-'));

    await proveRoomForReports(directory, 300, 200_000);

    expect(readdirSync(directory)).toEqual([]);
  });

  it('says that a directory takes no files', async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'channelbook-room-')), 'gone');

    await expect(proveRoomForReports(directory, 1, 0)).rejects.toThrow(
      expect.objectContaining({ exitCode: 73, code: 'output.cannot_write' }),
    );
  });
});
