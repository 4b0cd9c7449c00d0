import { everyScenario, onlyInSweep } from './every-scenario.ts';

everyScenario(onlyInSweep);
