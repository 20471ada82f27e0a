import {
  type APIMessageTopLevelComponent,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  MessageFlags,
} from 'discord-api-types/v10';
import { z } from 'zod';
import { messageLength } from '../../message-length';
import { ApiError, invalidForm } from '../errors';
import {
  type ComponentForm,
  type ModalComponentForm,
  modalComponent,
  type TopLevelComponentForm,
  topLevelComponent,
} from './component-schemas';
import { listOf, text } from './fields';
import { readForm, refuse } from './form-errors';

const MAX_ROWS = 5;
const MAX_COMPONENTS = 40;
const MAX_TEXT = 4000;

/**
 * The text of a message of components in UTF-8, and twelve bytes for each; Discord fails with 500 above it.
 * @see https://github.com/discord/discord-api-docs/issues/8554
 */
const MAX_TEXT_BYTES = 10_170;
const TEXT_OVERHEAD_BYTES = 12;

/** What a component of media shows, as Discord describes it. */
export interface Media {
  readonly item: object;
  /** Of a file that is attached. */
  readonly sizeBytes: number | null;
}

/** Null for a file that is not attached. */
export type MediaLookup = (url: string) => Media | null;

/**
 * Reads the components of a message. Which there may be depends on the flag IS_COMPONENTS_V2. Raises `ApiError` (50035,
 * or 500 where Discord fails).
 */
export function readComponents(body: unknown, flags: number): TopLevelComponentForm[] {
  const isV2 = (flags & MessageFlags.IsComponentsV2) !== 0;
  const schema = z.object({ components: isV2 ? componentsV2 : rows });
  const { components } = readForm(schema, { components: body });
  const texts = components.flatMap((component) =>
    flatten(component).flatMap((part) => (part.type === ComponentType.TextDisplay ? [part.content] : [])),
  );
  const bytes = texts.reduce((sum, each) => sum + Buffer.byteLength(each) + TEXT_OVERHEAD_BYTES, 0);
  if (bytes > MAX_TEXT_BYTES) throw new ApiError(500, 0, '500: Internal Server Error');
  return components;
}

const rows = z
  .array(
    z.unknown().superRefine((component, context) => {
      const type =
        typeof component === 'object' && component !== null ? Reflect.get(component, 'type') : undefined;
      if (type === ComponentType.ActionRow) return;
      refuse(context, [], 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1,).');
    }),
  )
  .pipe(listOf(topLevelComponent, 0, MAX_ROWS).superRefine(checkCustomIds));

const componentsV2 = listOf(topLevelComponent, 0, MAX_COMPONENTS).superRefine((components, context) => {
  checkCustomIds(components, context);
  const all = components.flatMap(flatten);
  if (all.length > MAX_COMPONENTS) {
    refuse(
      context,
      [],
      'BASE_TYPE_MAX_LENGTH',
      `The total number of components cannot exceed ${MAX_COMPONENTS}.`,
    );
  }
  const length = all.reduce(
    (sum, part) => sum + (part.type === ComponentType.TextDisplay ? messageLength(part.content) : 0),
    0,
  );
  if (length > MAX_TEXT) {
    refuse(
      context,
      [],
      'COMPONENT_MAX_TOTAL_TEXT_DISPLAY_LENGTH_EXCEEDED',
      `The total length of all text displays cannot exceed ${MAX_TEXT}.`,
    );
  }
});

/** A component and all in it, outermost first. */
function flatten(component: ComponentForm): ComponentForm[] {
  switch (component.type) {
    case ComponentType.ActionRow:
    case ComponentType.Container:
      return [component, ...component.components.flatMap(flatten)];
    case ComponentType.Section:
      return [component, ...component.components, component.accessory];
    default:
      return [component];
  }
}

function checkCustomIds(components: readonly TopLevelComponentForm[], context: z.RefinementCtx): void {
  const taken = new Set<string>();
  const visit = (component: ComponentForm, path: (string | number)[]): void => {
    if ('custom_id' in component && component.custom_id) {
      if (taken.has(component.custom_id)) {
        refuse(
          context,
          [...path, 'custom_id'],
          'COMPONENT_CUSTOM_ID_DUPLICATED',
          'Component custom id cannot be duplicated',
        );
      }
      taken.add(component.custom_id);
    }
    if (component.type === ComponentType.Section) visit(component.accessory, [...path, 'accessory']);
    if (component.type === ComponentType.ActionRow || component.type === ComponentType.Container) {
      for (const [index, inner] of component.components.entries())
        visit(inner, [...path, 'components', index]);
    }
  };
  for (const [index, component] of components.entries()) visit(component, [index]);
}

/**
 * Components as Discord keeps and returns them: each with an id, what was not said with its default, media with what
 * there is to say of the file. Raises `ApiError` (50035) for media that is not attached.
 */
export function completeComponents(
  components: readonly TopLevelComponentForm[],
  media: MediaLookup,
): APIMessageTopLevelComponent[] {
  const taken = new Set(components.flatMap(flatten).flatMap(({ id }) => (id ? [id] : [])));
  let lastId = 0;
  const nextId = () => {
    do lastId++;
    while (taken.has(lastId));
    return lastId;
  };
  const found = (url: string) => {
    const item = media(url);
    if (item) return item;
    throw invalidForm('components', 'MEDIA_ATTACHMENT_NOT_FOUND', 'The attachment was not found');
  };
  const completed = (component: ComponentForm): object => {
    const own = { ...given(component), id: component.id ? component.id : nextId() };
    switch (component.type) {
      case ComponentType.ActionRow:
        return { ...own, components: component.components.map(completed) };
      case ComponentType.Container:
        return {
          ...own,
          accent_color: component.accent_color ?? null,
          spoiler: component.spoiler ?? false,
          components: component.components.map(completed),
        };
      case ComponentType.Section:
        return {
          ...own,
          components: component.components.map(completed),
          accessory: completed(component.accessory),
        };
      case ComponentType.StringSelect:
        return { ...own, ...countsOf(component), options: component.options.map(given) };
      case ComponentType.UserSelect:
      case ComponentType.RoleSelect:
      case ComponentType.MentionableSelect:
      case ComponentType.ChannelSelect:
        return { ...own, ...countsOf(component) };
      case ComponentType.Separator:
        return { ...own, divider: component.divider ?? true, spacing: component.spacing ?? 1 };
      case ComponentType.Thumbnail:
        return { ...own, ...describedMedia(component, found) };
      case ComponentType.MediaGallery:
        return { ...own, items: component.items.map((item) => describedMedia(item, found)) };
      case ComponentType.File: {
        const file = found(component.file.url);
        return {
          ...own,
          file: file.item,
          name: component.file.url.replace('attachment://', ''),
          size: file.sizeBytes,
          spoiler: component.spoiler ?? false,
        };
      }
      default:
        return own;
    }
  };
  // What the schemas let through and this completes is what Discord's types call a component.
  return components.map((component) => completed(component) as APIMessageTopLevelComponent);
}

function countsOf(form: { min_values?: number | null | undefined; max_values?: number | null | undefined }) {
  return { min_values: form.min_values ?? 1, max_values: form.max_values ?? 1 };
}

function describedMedia(
  item: {
    readonly media: { readonly url: string };
    readonly description?: string | null | undefined;
    readonly spoiler?: boolean | null | undefined;
  },
  found: (url: string) => Media,
) {
  return {
    media: found(item.media.url).item,
    description: item.description ?? null,
    spoiler: item.spoiler ?? false,
  };
}

/** Without what was null or left out. */
function given(form: object): object {
  return Object.fromEntries(
    Object.entries(form).filter(([, value]) => value !== null && value !== undefined),
  );
}

const modalSchema = z
  .object({
    custom_id: text(1, 100),
    title: text(1, 45),
    components: listOf(modalComponent, 1, MAX_ROWS),
  })
  .superRefine(({ components }, context) => {
    const taken = new Set<string>();
    for (const [index, component] of components.entries()) {
      for (const customId of inputIds(component)) {
        if (taken.has(customId)) {
          refuse(
            context,
            ['components', index],
            'COMPONENT_CUSTOM_ID_DUPLICATED',
            'Component custom id cannot be duplicated',
          );
        }
        taken.add(customId);
      }
    }
  });

function inputIds(component: ModalComponentForm): string[] {
  if (component.type === ComponentType.Label) return [component.component.custom_id];
  if (component.type === ComponentType.ActionRow) return component.components.map((input) => input.custom_id);
  return [];
}

/** Reads a modal, with an id for each component. Raises `ApiError` (50035). */
export function readModal(data: unknown): APIModalInteractionResponseCallbackData {
  const { data: modal } = readForm(z.object({ data: modalSchema }), { data });
  let lastId = 0;
  const completed = (component: object): object => {
    const own = { id: ++lastId, ...given(component) };
    if ('component' in own) return { ...own, component: completed(Object(own.component)) };
    if ('components' in own && Array.isArray(own.components)) {
      return { ...own, components: own.components.map(completed) };
    }
    return own;
  };
  return {
    custom_id: modal.custom_id,
    title: modal.title,
    // As above.
    components: modal.components.map(
      (component) => completed(component) as APIModalInteractionResponseCallbackData['components'][number],
    ),
  };
}
