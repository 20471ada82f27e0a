import {
  ButtonStyle,
  ChannelType,
  ComponentType,
  SelectMenuDefaultValueType,
  SeparatorSpacingSize,
} from 'discord-api-types/v10';
import { z } from 'zod';
import { listOf, text, wholeNumber } from './fields';
import { refuse } from './form-errors';

const MAX_SELECT_ENTRIES = 25;
const MAX_ROW_WIDTH = 5;
const MAX_TEXT = 4000;

const id = z.int().min(0).nullish();
const customId = text(1, 100);
const snowflake = z.string().regex(/^\d{1,20}$/);

const emoji = z
  .object({
    id: snowflake.nullish(),
    name: z.string().nullish(),
    animated: z.boolean().nullish(),
  })
  .nullish();

const button = z
  .object({
    type: z.literal(ComponentType.Button),
    id,
    style: z.literal([
      ButtonStyle.Primary,
      ButtonStyle.Secondary,
      ButtonStyle.Success,
      ButtonStyle.Danger,
      ButtonStyle.Link,
    ]),
    label: text(0, 80).nullish(),
    emoji,
    custom_id: customId.nullish(),
    url: text(1, 512).nullish(),
    disabled: z.boolean().nullish(),
  })
  .superRefine((form, context) => {
    const { style, custom_id, url, label, emoji } = form;
    if (style === ButtonStyle.Link) {
      if (!url) refuse(context, ['url'], 'BUTTON_COMPONENT_URL_REQUIRED', 'A url is required');
    } else if (!custom_id) {
      refuse(context, ['custom_id'], 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required');
    }
    if (custom_id && url) {
      refuse(
        context,
        [],
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
      );
    }
    if (!label && !emoji) {
      refuse(context, ['label'], 'BASE_TYPE_REQUIRED', 'This field is required');
    }
  });

const select = {
  id,
  custom_id: customId,
  placeholder: text(0, 150).nullish(),
  min_values: wholeNumber(0, MAX_SELECT_ENTRIES).nullish(),
  max_values: wholeNumber(1, MAX_SELECT_ENTRIES).nullish(),
  disabled: z.boolean().nullish(),
  /** In modals only. */
  required: z.boolean().nullish(),
};

const stringSelect = z
  .object({
    type: z.literal(ComponentType.StringSelect),
    ...select,
    options: listOf(
      z.object({
        label: text(1, 100),
        value: text(1, 100),
        description: text(0, 100).nullish(),
        emoji,
        default: z.boolean().nullish(),
      }),
      1,
      MAX_SELECT_ENTRIES,
    ),
  })
  .superRefine(({ options }, context) => {
    const values = new Set<string>();
    for (const [index, { value }] of options.entries()) {
      if (values.has(value)) {
        refuse(
          context,
          ['options', index, 'value'],
          'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
          'The specified option value is already used',
        );
      }
      values.add(value);
    }
  });

const defaultsOf = (...types: SelectMenuDefaultValueType[]) =>
  listOf(z.object({ id: snowflake, type: z.literal(types) }), 0, MAX_SELECT_ENTRIES).nullish();

const userSelect = z.object({
  type: z.literal(ComponentType.UserSelect),
  ...select,
  default_values: defaultsOf(SelectMenuDefaultValueType.User),
});
const roleSelect = z.object({
  type: z.literal(ComponentType.RoleSelect),
  ...select,
  default_values: defaultsOf(SelectMenuDefaultValueType.Role),
});
const mentionableSelect = z.object({
  type: z.literal(ComponentType.MentionableSelect),
  ...select,
  default_values: defaultsOf(SelectMenuDefaultValueType.Role, SelectMenuDefaultValueType.User),
});
const channelSelect = z.object({
  type: z.literal(ComponentType.ChannelSelect),
  ...select,
  channel_types: z.array(z.enum(ChannelType)).nullish(),
  default_values: defaultsOf(SelectMenuDefaultValueType.Channel),
});

const selects = [stringSelect, userSelect, roleSelect, mentionableSelect, channelSelect] as const;

const actionRow = z.object({
  type: z.literal(ComponentType.ActionRow),
  id,
  components: listOf(z.discriminatedUnion('type', [button, ...selects]), 1, MAX_ROW_WIDTH).superRefine(
    (components, context) => {
      const isSelect = ({ type }: { readonly type: number }) => type !== ComponentType.Button;
      if (components.length === 1 || !components.some(isSelect)) return;
      for (const index of components.keys()) {
        if (index === 0) continue;
        refuse(
          context,
          [index],
          'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
          'The specified component exceeds the maximum width',
        );
      }
    },
  ),
});

const textDisplay = z.object({
  type: z.literal(ComponentType.TextDisplay),
  id,
  content: text(1, MAX_TEXT),
});

const media = z.object({ url: text(1, 2048) });
const described = { description: text(0, 1024).nullish(), spoiler: z.boolean().nullish() };

const thumbnail = z.object({ type: z.literal(ComponentType.Thumbnail), id, media, ...described });

const section = z.object({
  type: z.literal(ComponentType.Section),
  id,
  components: listOf(textDisplay, 1, 3),
  accessory: z.discriminatedUnion('type', [button, thumbnail]),
});

const mediaGallery = z.object({
  type: z.literal(ComponentType.MediaGallery),
  id,
  items: listOf(z.object({ media, ...described }), 1, 10),
});

const file = z.object({
  type: z.literal(ComponentType.File),
  id,
  file: z.object({
    url: z.string().superRefine((url, context) => {
      if (url.startsWith('attachment://')) return;
      refuse(context, [], 'BASE_TYPE_BAD_TYPE', 'Only attachment:// references are allowed here.');
    }),
  }),
  spoiler: z.boolean().nullish(),
});

const separator = z.object({
  type: z.literal(ComponentType.Separator),
  id,
  divider: z.boolean().nullish(),
  spacing: z.literal([SeparatorSpacingSize.Small, SeparatorSpacingSize.Large]).nullish(),
});

const inContainer = [actionRow, textDisplay, section, mediaGallery, file, separator] as const;

const container = z.object({
  type: z.literal(ComponentType.Container),
  id,
  accent_color: wholeNumber(0, 0xffffff).nullish(),
  spoiler: z.boolean().nullish(),
  components: listOf(z.discriminatedUnion('type', [...inContainer]), 1, 40),
});

/** What a message may have at its top: without the flag IS_COMPONENTS_V2 only rows, of which there are five. */
export const topLevelComponent = z.discriminatedUnion('type', [...inContainer, container]);

/** A component as an app sends it. */
export type ComponentForm =
  | z.infer<typeof topLevelComponent>
  | z.infer<typeof button>
  | z.infer<(typeof selects)[number]>
  | z.infer<typeof thumbnail>;
export type TopLevelComponentForm = z.infer<typeof topLevelComponent>;

const textInput = z.object({
  type: z.literal(ComponentType.TextInput),
  id,
  custom_id: customId,
  style: z.literal([1, 2]),
  label: text(1, 45).nullish(),
  value: text(0, MAX_TEXT).nullish(),
  placeholder: text(0, 100).nullish(),
  required: z.boolean().nullish(),
  min_length: wholeNumber(0, MAX_TEXT).nullish(),
  max_length: wholeNumber(1, MAX_TEXT).nullish(),
});

const groupOption = z.object({
  value: text(1, 100),
  label: text(1, 100),
  description: text(0, 100).nullish(),
  default: z.boolean().nullish(),
});

const inLabel = z.discriminatedUnion('type', [
  textInput,
  ...selects,
  z.object({
    type: z.literal(ComponentType.FileUpload),
    id,
    custom_id: customId,
    min_values: wholeNumber(0, 10).nullish(),
    max_values: wholeNumber(1, 10).nullish(),
    required: z.boolean().nullish(),
  }),
  z.object({
    type: z.literal(ComponentType.RadioGroup),
    id,
    custom_id: customId,
    options: listOf(groupOption, 2, 10),
    required: z.boolean().nullish(),
  }),
  z.object({
    type: z.literal(ComponentType.CheckboxGroup),
    id,
    custom_id: customId,
    options: listOf(groupOption, 1, 10),
    min_values: wholeNumber(0, 10).nullish(),
    max_values: wholeNumber(1, 10).nullish(),
    required: z.boolean().nullish(),
  }),
  z.object({
    type: z.literal(ComponentType.Checkbox),
    id,
    custom_id: customId,
    default: z.boolean().nullish(),
  }),
]);

/** What a modal consists of. */
export const modalComponent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal(ComponentType.Label),
    id,
    label: text(1, 45),
    description: text(1, 100).nullish(),
    component: inLabel,
  }),
  // The form before there were labels.
  z.object({
    type: z.literal(ComponentType.ActionRow),
    id,
    components: listOf(textInput, 1, 1),
  }),
  textDisplay,
]);

export type ModalComponentForm = z.infer<typeof modalComponent>;
