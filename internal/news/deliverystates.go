package news

// DeliveryStates returns the states of a delivery, the earliest first.
func DeliveryStates() []DeliveryState {
	return []DeliveryState{StatePending, StateSending, StateInDoubt, StateSent, StateParked, StateDead}
}
