/**
 * Counts the open calls of each user, from the headers of a call to the end of its stream.
 *
 * An interceptor counts, not the handlers: a call whose request never arrives costs as much, and reaches no handler.
 *
 * @module
 */
import { ServerInterceptingCall, type ServerInterceptor } from "@paas/proto/grpc";
import type { PeerCertificate } from "node:tls";
import { QuotaError, UnauthenticatedError } from "../errors.ts";
import { type Guest, guestOf } from "../identity/identity.ts";
import type { Quotas } from "../quotas/quotas.ts";
import { toRefusal } from "./status_codes.ts";

/**
 * Makes an interceptor that refuses calls above the quota.
 *
 * @param refused Called with each refused call.
 */
export function callQuota(quotas: Quotas, refused: (guest: Guest, error: QuotaError) => void): ServerInterceptor {
  return (_method, call) => {
    const counted = new DisposableStack();
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          // Not earlier: a stream that its client resets at once has neither headers nor an end here.
          onReceiveMetadata(metadata, next) {
            const guest = knownGuest(call.getAuthContext().sslPeerCertificate);
            try {
              if (guest) counted.use(quotas.stream(guest.user.id));
              if (guest) counted.use(guest.calls());
            } catch (error) {
              if (!(error instanceof QuotaError)) throw error;
              refused(guest!, error);
              return call.sendStatus(toRefusal(error, () => {}));
            }
            next(metadata);
          },
          onCancel: () => counted.dispose(), // the end of every stream, also without an error
        }),
    });
  };
}

/** The caller, if known. The handler refuses unknown callers. */
function knownGuest(certificate: PeerCertificate | undefined): Guest | undefined {
  try {
    return guestOf(certificate);
  } catch (error) {
    if (error instanceof UnauthenticatedError) return undefined;
    throw error;
  }
}
