package io.reliablemq.reliability.mutant;

import io.reliablemq.outbox.spi.RowRef;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;

class SettleByRange {

    @Bean
    static ReplacedOutboxStore settlesByRange(ObjectProvider<DataSource> dataSource) {
        return new ReplacedOutboxStore(Map.of(
                "settle",
                (arguments, sound) -> settle(new JdbcTemplate(dataSource.getObject()), (Collection<?>) arguments[0])));
    }

    /** Everything up to the last one that is stored: cheaper than a list, and wrong for what is committed late. */
    private static int settle(JdbcTemplate jdbc, Collection<?> refs) {
        Map<Integer, Long> upTo =
                refs.stream().map(RowRef.class::cast).collect(Collectors.toMap(RowRef::lane, RowRef::id, Math::max));
        upTo.forEach((lane, id) -> jdbc.update("delete from reliable_mq_outbox where lane = ? and id <= ?", lane, id));
        return refs.size();
    }
}
