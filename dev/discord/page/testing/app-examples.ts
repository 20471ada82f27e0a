/** A settings panel in components v2. */
export const PANEL = [
  {
    type: 17,
    accent_color: 0x5865f2,
    components: [
      { type: 10, content: '## Settings' },
      {
        type: 9,
        components: [{ type: 10, content: '**Quota** 50 a day' }],
        accessory: { type: 2, style: 2, label: 'Change', custom_id: 'quota' },
      },
      { type: 14 },
      {
        type: 1,
        components: [
          {
            type: 3,
            custom_id: 'preset',
            placeholder: 'Preset',
            options: [
              { label: 'Relaxed', value: 'relaxed' },
              { label: 'Strict', value: 'strict', description: 'Few a day' },
            ],
          },
        ],
      },
      {
        type: 1,
        components: [
          { type: 8, custom_id: 'channels', placeholder: 'Channels', min_values: 0, max_values: 3 },
        ],
      },
      { type: 1, components: [{ type: 2, style: 4, label: 'Reset', custom_id: 'reset', disabled: true }] },
    ],
  },
];

/** A form with a text and a choice. */
export const MODAL = {
  custom_id: 'm1:quota',
  title: 'Quota',
  components: [
    {
      type: 18,
      label: 'A day',
      description: '0 is none',
      component: { type: 4, custom_id: 'n', style: 1, max_length: 3 },
    },
    {
      type: 18,
      label: 'For whom',
      component: {
        type: 21,
        custom_id: 'who',
        options: [
          { label: 'All', value: 'all', default: true },
          { label: 'New members', value: 'new' },
        ],
      },
    },
  ],
};

/** Commands as a karma bot has them. */
export const COMMANDS = [
  {
    name: 'karma',
    description: 'Karma',
    options: [
      {
        type: 1,
        name: 'give',
        description: 'Give a member karma',
        options: [
          { type: 6, name: 'to', description: 'Whom', required: true },
          { type: 3, name: 'reason', description: 'What for', max_length: 200 },
          { type: 4, name: 'amount', description: 'How much', min_value: 1, max_value: 5 },
        ],
      },
      {
        type: 1,
        name: 'thing',
        description: 'Karma of a thing',
        options: [{ type: 3, name: 'what', description: 'Which', required: true, autocomplete: true }],
      },
      {
        type: 1,
        name: 'top',
        description: 'The best',
        description_localizations: { de: 'Die Besten' },
        options: [
          { type: 3, name: 'period', description: 'When', choices: [{ name: 'This month', value: 'month' }] },
          { type: 5, name: 'private', description: 'For you alone' },
        ],
      },
    ],
  },
  { name: 'setup', description: 'Settings of the server', default_member_permissions: '32', contexts: [0] },
  { name: 'privacy', description: 'What is stored' },
  { type: 2, name: 'Give karma' },
  { type: 3, name: 'Give karma for this' },
];
