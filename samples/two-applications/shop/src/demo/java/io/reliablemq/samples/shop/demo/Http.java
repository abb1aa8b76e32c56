package io.reliablemq.samples.shop.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** One of the applications, over HTTP. */
record Http(int port, String path) {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Pattern TEXT = Pattern.compile("\"([^\"]+)\"");

    /** The ids that it lists. */
    List<String> list() throws IOException, InterruptedException {
        HttpResponse<String> answer = CLIENT.send(request().build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(path + " answers " + answer.statusCode());
        }
        return TEXT.matcher(answer.body())
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    boolean answers() throws InterruptedException {
        try {
            list();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Answers the HTTP status, 0 where no answer came. */
    int post(String json) throws InterruptedException {
        HttpRequest request = request()
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
        try {
            return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30));
    }
}
