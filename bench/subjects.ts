// The subjects by name. `hotshift`: each application is started by its own event. `hotshift evacuate`: an evacuation paces them all.
export type SubjectName = 'hotshift' | 'hotshift evacuate' | 'orchestrator' | 'orchestrator with retries' | 'naive';
