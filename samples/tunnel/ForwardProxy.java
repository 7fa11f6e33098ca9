import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A forward proxy as small as can be: it takes CONNECT, says who is led where, and passes bytes on both ways.
/// `java ForwardProxy.java PORT`, where 0 is any that is free.
public final class ForwardProxy {
    private static final int LONGEST_HEAD = 8192;

    public static void main(String[] arguments) throws IOException {
        try (ServerSocket server =
                new ServerSocket(Integer.parseInt(arguments[0]), 64, InetAddress.getByName("127.0.0.1"))) {
            System.out.println("listens on " + server.getLocalPort());
            while (true) {
                Socket client = server.accept();
                start(() -> serve(client));
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static Thread start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException gone) {
                System.out.println(gone);
            }
        });
        thread.start();
        return thread;
    }

    private static void serve(Socket client) throws IOException {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            String line = head(in).lines().findFirst().orElse("");
            String[] words = line.split(" ");
            System.out.println(line);
            if (words.length != 3 || !words[0].equals("CONNECT")) {
                say(client, "405 Method Not Allowed");
                return;
            }
            int colon = words[1].lastIndexOf(':');
            try (Socket target = new Socket(words[1].substring(0, colon), Integer.parseInt(words[1].substring(colon + 1)))) {
                say(client, "200 Connection established");
                Thread back = start(() -> pass(target.getInputStream(), client));
                pass(in, target);
                back.join();
            } catch (IOException unreachable) {
                say(client, "502 Bad Gateway");
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void pass(InputStream from, Socket to) throws IOException {
        from.transferTo(to.getOutputStream());
        to.shutdownOutput();
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0 && head.length() < LONGEST_HEAD) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static void say(Socket client, String status) throws IOException {
        client.getOutputStream().write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }
}
