const user = (id: string, summary: string) => ({
  html_url: `https://acme.pagerduty.com/users/${id}`,
  ...{ id, self: `https://api.pagerduty.com/users/${id}`, summary, type: 'user_reference' },
});

/** The example that PagerDuty publishes with its Go client, in the order of its fields. */
const event = {
  ...{ id: '01BWDWL3NYY7LUFPZCC28QUCMK', event_type: 'incident.priority_updated', resource_type: 'incident' },
  ...{ occurred_at: '2021-04-26T17:36:27.458Z', agent: user('PLH1HKV', 'Tenex Engineer'), client: null },
  data: {
    ...{ id: 'PGR0VU2', type: 'incident', self: 'https://api.pagerduty.com/incidents/PGR0VU2' },
    ...{ html_url: 'https://acme.pagerduty.com/incidents/PGR0VU2', number: 2, status: 'triggered', title: 'A little bump in the road' },
    service: {
      ...{ html_url: 'https://acme.pagerduty.com/services/PF9KMXH', id: 'PF9KMXH', self: 'https://api.pagerduty.com/services/PF9KMXH' },
      ...{ summary: 'API Service', type: 'service_reference' },
    },
    assignees: [user('PTUXL6G', 'User 123')],
    escalation_policy: {
      ...{ html_url: 'https://acme.pagerduty.com/escalation_policies/PUS0KTE', id: 'PUS0KTE' },
      ...{ self: 'https://api.pagerduty.com/escalation_policies/PUS0KTE', summary: 'Default', type: 'escalation_policy_reference' },
    },
    teams: [
      {
        ...{ html_url: 'https://acme.pagerduty.com/teams/PFCVPS0', id: 'PFCVPS0', self: 'https://api.pagerduty.com/teams/PFCVPS0' },
        ...{ summary: 'Engineering', type: 'team_reference' },
      },
    ],
    priority: {
      ...{ html_url: 'https://acme.pagerduty.com/account/incident_priorities', id: 'PSO75BM' },
      ...{ self: 'https://api.pagerduty.com/priorities/PSO75BM', summary: 'P1', type: 'priority_reference' },
    },
    urgency: 'high',
    conference_bridge: { conference_number: 1000, conference_url: 'https://example.com' },
    resolve_reason: null,
  },
};

/** Signed requests as Slack and PagerDuty publish them. */
export const published = {
  pagerduty: {
    secret: 'lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK',
    signature: 'v1=0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd',
    body: JSON.stringify({ event }),
  },
  slack: {
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    time: '1531420618',
    signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    body: [
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar',
      '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=',
      '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN',
      '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    ].join(''),
  },
};
