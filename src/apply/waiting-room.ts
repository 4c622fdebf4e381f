/** Rows that wait for their operations: they hold no row slot, only memory, so that there is room for so many. */
export interface WaitingRoom {
  /** @param row settles when the row has ended; never rejects */
  add(row: Promise<void>): void;
  /** Resolves when another row may begin. */
  hasRoom(): Promise<void>;
  isEmpty(): Promise<void>;
}

/** As many as the default quota lets begin within the longest wait, several times over. */
const ROOM = 5_000;

export function createWaitingRoom(room = ROOM): WaitingRoom {
  const rows = new Set<Promise<void>>();
  return {
    add(row) {
      const kept = row.finally(() => rows.delete(kept));
      rows.add(kept);
    },
    async hasRoom() {
      while (rows.size >= room) await Promise.race(rows);
    },
    async isEmpty() {
      while (rows.size > 0) await Promise.all(rows);
    },
  };
}
