const withinMs = 3_000;

/** Writes to whoever pressed something, by the address that Slack gave for that. */
export interface SlackAnswers {
  /** False when the address is none of Slack's. */
  may(address: string | undefined): address is string;
  /** A sentence for the person alone. Throws when Slack does not take it. */
  say(address: string, text: string): Promise<void>;
  /** Puts another message in the place of the one that was pressed. Throws when Slack does not take it. */
  rewrite(address: string, message: { text: string; blocks: object[] }): Promise<void>;
}

/** Makes answers that go to this base and nowhere else. */
export function createSlackAnswers(base: string): SlackAnswers {
  const { origin } = new URL(base);
  const post = async (address: string, body: object): Promise<void> => {
    const { ok, status } = await fetch(address, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
      ...{ redirect: 'error', signal: AbortSignal.timeout(withinMs) },
    });
    if (!ok) throw new Error(`Slack answered ${status}`);
  };
  return {
    may: (address): address is string => address !== undefined && URL.canParse(address) && new URL(address).origin === origin,
    say: (address, text) => post(address, { response_type: 'ephemeral', replace_original: false, text: escaped(text) }),
    rewrite: (address, { text, blocks }) => post(address, { replace_original: true, text: escaped(text), blocks }),
  };
}

/** No mention of everybody, no link in disguise. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
