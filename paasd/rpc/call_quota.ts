/**
 * Counts the calls of each user, from their headers to the end of their stream.
 *
 * Not in the handlers: a call whose request never comes does not reach one, and costs the daemon as much.
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
 * An interceptor that refuses calls above the quota.
 *
 * @param refused Is told of each such call.
 */
export function callQuota(quotas: Quotas, refused: (guest: Guest, error: QuotaError) => void): ServerInterceptor {
  return (_method, call) => {
    const counted = new DisposableStack();
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          // Not earlier: of a stream that was reset at once nobody is told, neither its headers nor its end.
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
          onCancel: () => counted.dispose(), // the end of every stream, a good one too
        }),
    });
  };
}

/** Who calls, if it is known; who is not will be refused by the handler. */
function knownGuest(certificate: PeerCertificate | undefined): Guest | undefined {
  try {
    return guestOf(certificate);
  } catch (error) {
    if (error instanceof UnauthenticatedError) return undefined;
    throw error;
  }
}
