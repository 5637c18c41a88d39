/**
 * What the source is doing.
 * `starting`: looks at the server and the stored position. `loading`: reads everyone. `gap`: reads everyone again, because changes were
 * lost; no removal is sent. `streaming`: reads changes. `paused`: a person asked for it. `frozen`: waits for a person's decision.
 * `stopped`: for good.
 */
export type MasterState =
  | 'starting'
  | 'loading'
  | 'gap'
  | 'streaming'
  | 'paused'
  | 'frozen'
  | 'stopped';

/**
 * What moves it. `resumed` and `decided` come back to `starting`, which finds out by the stored position what there is to do.
 */
export type MasterStateEvent =
  | 'load-began'
  | 'load-ended'
  | 'gap-found'
  | 'paused'
  | 'resumed'
  | 'froze'
  | 'decided'
  | 'stopped';

/** Every state and event. A state that stays as it is does not know the event, or has nothing to do for it. */
const TRANSITIONS: Readonly<Record<MasterState, Readonly<Record<MasterStateEvent, MasterState>>>> =
  {
    starting: {
      'load-began': 'loading',
      'load-ended': 'streaming',
      'gap-found': 'gap',
      paused: 'paused',
      resumed: 'starting',
      froze: 'frozen',
      decided: 'starting',
      stopped: 'stopped',
    },
    loading: {
      'load-began': 'loading',
      'load-ended': 'streaming',
      'gap-found': 'gap',
      paused: 'paused',
      resumed: 'loading',
      froze: 'frozen',
      decided: 'loading',
      stopped: 'stopped',
    },
    gap: {
      'load-began': 'gap',
      'load-ended': 'streaming',
      'gap-found': 'gap',
      paused: 'paused',
      resumed: 'gap',
      froze: 'frozen',
      decided: 'gap',
      stopped: 'stopped',
    },
    streaming: {
      'load-began': 'loading',
      'load-ended': 'streaming',
      'gap-found': 'gap',
      paused: 'paused',
      resumed: 'streaming',
      froze: 'frozen',
      decided: 'streaming',
      stopped: 'stopped',
    },
    paused: {
      'load-began': 'paused',
      'load-ended': 'paused',
      'gap-found': 'paused',
      paused: 'paused',
      resumed: 'starting',
      froze: 'paused',
      decided: 'paused',
      stopped: 'stopped',
    },
    // A pause while frozen is stored, and holds after the decision.
    frozen: {
      'load-began': 'frozen',
      'load-ended': 'frozen',
      'gap-found': 'frozen',
      paused: 'frozen',
      resumed: 'frozen',
      froze: 'frozen',
      decided: 'starting',
      stopped: 'stopped',
    },
    stopped: {
      'load-began': 'stopped',
      'load-ended': 'stopped',
      'gap-found': 'stopped',
      paused: 'stopped',
      resumed: 'stopped',
      froze: 'stopped',
      decided: 'stopped',
      stopped: 'stopped',
    },
  };

/** The state after an event. */
export function nextState(state: MasterState, event: MasterStateEvent): MasterState {
  return TRANSITIONS[state][event];
}
