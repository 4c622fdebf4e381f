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
  let rows = 0;
  let waiting: (() => void)[] = [];

  function leave(): void {
    rows -= 1;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }

  async function until(isMet: () => boolean): Promise<void> {
    while (!isMet()) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    }
  }

  return {
    add(row) {
      rows += 1;
      void row.then(leave, leave);
    },
    hasRoom: () => until(() => rows < room),
    isEmpty: () => until(() => rows === 0),
  };
}
