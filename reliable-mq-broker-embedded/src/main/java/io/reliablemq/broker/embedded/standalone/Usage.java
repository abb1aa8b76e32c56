package io.reliablemq.broker.embedded.standalone;

/** What {@code --help} prints. */
final class Usage {

    private static final String BEFORE = """
            Runs a real Apache RocketMQ for the applications of this machine, until it gets a signal to end.

            java -jar reliable-mq-broker-embedded-VERSION-standalone.jar [--OPTION=VALUE ...]

            """;

    private static final String AFTER = """

            Applications connect with reliable-mq.rocketmq.endpoints=127.0.0.1:8081.
            Exit status: 1 the broker could not be started, 2 an option is wrong.
            """;

    private Usage() {}

    static String text() {
        StringBuilder text = new StringBuilder(BEFORE);
        for (Option option : Option.values()) {
            text.append("  --%-31s %s%s%n".formatted(option.text(), option.meaning(), standard(option)));
        }
        return text.append(AFTER).toString();
    }

    private static String standard(Option option) {
        return option.isSwitch() || option.standard().isEmpty() ? "" : " (" + option.standard() + ")";
    }
}
