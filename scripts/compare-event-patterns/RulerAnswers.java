import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Map;
import software.amazon.event.ruler.Machine;

/** Reads {"pattern", "event"} a line, writes what AWS's event-ruler says of it: true, false, or "refused: why". */
public final class RulerAnswers {
    public static void main(String[] args) throws Exception {
        ObjectMapper json = new ObjectMapper();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode asked = json.readTree(line);
            System.out.println(json.writeValueAsString(Map.of("answer", answer(asked))));
        }
    }

    private static String answer(JsonNode asked) {
        Machine machine = new Machine();
        try {
            machine.addRule("rule", asked.get("pattern").toString());
        } catch (Exception refused) {
            return "refused: " + refused.getMessage().lines().findFirst().orElse("");
        }
        try {
            return String.valueOf(!machine.rulesForJSONEvent(asked.get("event").toString()).isEmpty());
        } catch (Exception failed) {
            return "failed: " + failed.getMessage();
        }
    }
}
