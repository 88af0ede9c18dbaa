from satisfaction import predictions


def model(dbt, session):
    dbt.config(materialized="table")
    features = dbt.ref("int_satisfaction_features")
    session.execute("drop table if exists cx_satisfaction_scored")
    for number, chunk in enumerate(predictions.predict_all(features)):
        start = "insert into cx_satisfaction_scored"
        if number == 0:
            start = "create temp table cx_satisfaction_scored as"
        session.register("cx_satisfaction_chunk", chunk)
        session.execute(f"{start} select * from cx_satisfaction_chunk")
        session.unregister("cx_satisfaction_chunk")
    return session.table("cx_satisfaction_scored")
