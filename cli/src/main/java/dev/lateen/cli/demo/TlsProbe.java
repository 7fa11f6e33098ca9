package dev.lateen.cli.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// Looks at a TLS port: the certificate it shows, the answer it gives. It believes any certificate, since it is
/// there to report what it sees.
///
/// Thread: any.
record TlsProbe(String host, int port) {
    private static final int TIMEOUT_MILLIS = 5_000;

    /// @param status 0 where there was no answer
    /// @param names in the certificate
    record Seen(int status, List<String> names, String serial, String failure) {
        @Override
        public String toString() {
            return failure.isEmpty() ? status + " with a certificate for " + names : failure;
        }
    }

    Seen get(String serverName, String path) {
        try (SSLSocket socket = connect(serverName)) {
            socket.startHandshake();
            X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + serverName + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String line = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            int status = line.startsWith("HTTP/1.1 ") && line.length() == 12 ? Integer.parseInt(line.substring(9)) : 0;
            return new Seen(status, names(leaf), leaf.getSerialNumber().toString(16), "");
        } catch (IOException | GeneralSecurityException failure) {
            return new Seen(0, List.of(), "", failure.toString());
        }
    }

    /// The serial number of the certificate that a sidecar shows to its peers; empty where there is none to see.
    String serial() {
        try (SSLSocket socket = connect("user-service.default.svc.cluster.local")) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"istio"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return leaf.getSerialNumber().toString(16);
        } catch (IOException | GeneralSecurityException _) {
            return "";
        }
    }

    private SSLSocket connect(String serverName) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, new TrustManager[] {new BelieveAll()}, null);
        Socket plain = new Socket();
        plain.setSoTimeout(TIMEOUT_MILLIS);
        plain.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, serverName, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static List<String> names(X509Certificate certificate) throws CertificateParsingException {
        List<String> names = new ArrayList<>();
        if (certificate.getSubjectAlternativeNames() != null) {
            certificate.getSubjectAlternativeNames().forEach(name -> names.add(String.valueOf(name.get(1))));
        }
        return names;
    }

    private static final class BelieveAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
