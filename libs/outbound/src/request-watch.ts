import type { Dispatcher } from 'undici';

/** Notes whether a request came so far that its bytes may be on the wire; one watch a request. */
export class RequestWatch {
  #left = false;

  get requestLeft(): boolean {
    return this.#left;
  }

  readonly interceptor: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
    dispatch(options, this.#watched(handler));

  #watched(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
    return {
      onRequestStart: (controller, context) => {
        handler.onRequestStart?.(controller, context);
        // undici calls this on an open connection right before it writes, unless the request is already given up.
        if (!controller.aborted) this.#left = true;
      },
      onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
      onResponseStart: (...given) => handler.onResponseStart?.(...given),
      onResponseData: (...given) => handler.onResponseData?.(...given),
      onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
      onResponseError: (...given) => handler.onResponseError?.(...given),
    };
  }
}
