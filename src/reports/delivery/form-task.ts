import { renderingErrors } from '../../platform/rendering/errors.ts';
import type { RenderedFile } from '../../platform/rendering/rendering.ts';
import type { ThreadTask } from '../../platform/rendering/thread-work.ts';
import type { HandedOnWork } from '../../platform/operation.ts';
import type { PdfForm } from '../render/pdf/form/form-model.ts';
import { renderForm } from '../render/pdf/form/render-form.ts';

/** The name of the rendering threads' task. */
export const FORM_TASK = 'form';

interface FormPrinting {
  form: PdfForm;
  fileName: string;
}

/** Renders a form whose data are already read. */
export const formTask: ThreadTask = async ({ input }, sink) => {
  const { form, fileName } = input as FormPrinting;
  const bytes = renderForm(form);
  sink.head({ fileName, contentType: 'application/pdf', inline: false, headers: {} });
  await sink.write(bytes);
};

/** A form as PDF, rendered on a thread. Throws the rendering errors. */
export function printForm(
  { platform, clientAccountId }: Pick<HandedOnWork, 'platform' | 'clientAccountId'>,
  printing: FormPrinting,
  signal: AbortSignal,
): Promise<RenderedFile> {
  if (!platform.rendering) throw renderingErrors.unavailable();
  return platform.rendering.render({ name: FORM_TASK, clientAccountId, input: printing }, { signal });
}
