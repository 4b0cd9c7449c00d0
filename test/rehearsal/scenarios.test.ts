import { everyScenario, onlyInSweep } from './every-scenario.ts';

everyScenario((file) => !onlyInSweep(file));
