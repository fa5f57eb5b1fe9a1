import { assertEquals } from "@std/assert";
import { kindOf } from "./metrics.ts";

Deno.test("kindOf() tells refusals apart by what the front door says, and never repeats it", () => {
  const kinds = {
    "it sent no certificate": "no_certificate",
    "its certificate is not signed by the client CA, not valid now, or not for clients": "certificate_untrusted",
    "its certificate was not verified": "certificate_untrusted",
    "its certificate has expired": "certificate_dates",
    "its certificate is not valid yet": "certificate_dates",
    "its certificate is not for clients (extended key usage clientAuth)": "certificate_usage",
    "it resumed a TLS session instead of showing a certificate": "session_resumed",
    "it did not ask for HTTP/2 (ALPN h2)": "no_http2",
    "it does not speak TLS 1.3": "tls_version",
    "it does not speak TLS": "no_tls",
    "it hung up during the TLS handshake": "hung_up",
    "it did not finish the TLS handshake in 10 s": "handshake_timeout",
    "there are 4096 connections": "too_many_connections",
    "anything of 192.0.2.7": "other",
  };
  for (const [cause, kind] of Object.entries(kinds)) assertEquals(kindOf(cause), kind, cause);
});
