"""The broker port on RabbitMQ, 3.10 to 4.x."""

from handoff_common.messaging.rabbit.broker import RabbitBroker

__all__ = ["RabbitBroker"]
