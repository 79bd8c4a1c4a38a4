//! finX. The account is `FINX_CLIENT_ID` and `FINX_CLIENT_SECRET`; `FINX_BASE_URL` may be added.

use axum::http::StatusCode;
use reqwest::RequestBuilder;
use sandbox::finx::{CLIENT_ID, CLIENT_SECRET};
use serde_json::{Map, Value, json};

use crate::api::{Api, reason};
use crate::backend::{Backend, Begun, CLICK_THROUGH, Desk, Earlier, Manual, Place, Wanted, fields};
use crate::environment::Variables;
use crate::error::ShopError;

const BASE_URL: &str = "https://api.finx-s.qwist.cloud";
const MANUAL_ACCOUNT: &str = "manual-account";
const MANUAL_PAYMENT: &str = "manual-payment";
/// The account of the documentation's example.
const KNOWN_ACCOUNT: &str = "DE82900948150000002881";
/// Days of transactions that the shop asks for.
const SYNC_PERIOD: u32 = 90;

pub(crate) struct Finx {
    api: Api,
    client_id: String,
    client_secret: String,
}

#[derive(Clone)]
pub(crate) struct Link {
    flow_id: String,
    state: String,
    redirect_uri: String,
    pays: bool,
    tokens: Option<Tokens>,
}

/// What a code was exchanged for. The refresh token is used once: its answer brings the next.
#[derive(Clone)]
struct Tokens {
    access: String,
    refresh: String,
}

impl Backend for Finx {
    const ID: &'static str = "finx";
    const BY_HAND: &'static [Manual] = &[
        CLICK_THROUGH,
        Manual {
            id: MANUAL_ACCOUNT,
            title: "Click through it, the account known",
            hint: "The server names the person’s IBAN, so they need not choose a bank.",
        },
        Manual {
            id: MANUAL_PAYMENT,
            title: "Pay, click through it",
            hint: "You pay 100.50 EUR on the bank’s pages yourself.",
        },
    ];

    type Link = Link;

    fn new(place: &Place) -> anyhow::Result<(Self, bool)> {
        const ALL: [&str; 3] = ["FINX_CLIENT_ID", "FINX_CLIENT_SECRET", "FINX_BASE_URL"];
        let variables = Variables::find(&ALL, place.environment);
        let (client_id, client_secret, base) = match &variables {
            Some(variables) => {
                (variables.needed(ALL[0])?, variables.needed(ALL[1])?, variables.url(ALL[2], BASE_URL)?)
            }
            None => (CLIENT_ID.into(), CLIENT_SECRET.into(), place.simulated.into()),
        };
        let why = |answer: &Value| {
            let error = answer["error"].as_str().unwrap_or("no error code");
            format!(", {error}: {}", reason(answer, "error_description"))
        };
        Ok((Self { api: Api::new("finX", base, why)?, client_id, client_secret }, variables.is_some()))
    }

    async fn begin(&self, wanted: &Wanted, earlier: Option<Earlier<Link>>) -> Result<Begun<Link>, ShopError> {
        let redirect_uri = String::from(wanted.return_url());
        let state = wanted.state();
        let mut body = json!({ "redirect_uri": redirect_uri, "state": state, "language": "en" });
        if wanted.is_played {
            body["scenario"] = wanted.scenario.as_str().into();
        }
        let pays = matches!(wanted.scenario.as_str(), MANUAL_PAYMENT | "payment");
        let (path, tokens) = if pays {
            body["amount"] = "100.50".into();
            body["recipient_name"] = "Ledgerly".into();
            body["recipient_iban"] = KNOWN_ACCOUNT.into();
            body["purpose"] = "Order 1042".into();
            ("/onetime/payment", None)
        } else if let Some(Earlier { link, connection }) = earlier {
            body["account_ids"] = connection;
            ("/ongoing/sync", link.tokens)
        } else {
            let knows = wanted.scenario == MANUAL_ACCOUNT;
            body["accounts"] = if knows { json!([{ "id": KNOWN_ACCOUNT }]) } else { json!([]) };
            body["sync_period"] = SYNC_PERIOD.into();
            // ongoing, so that the person can come back to it
            ("/ongoing/access", None)
        };
        let answer = self.api.send(self.as_client(path, &body)).await?;
        let launch = json!({ "location": self.api.text(&answer, "location")?, "state": state });
        let link = Link { flow_id: self.api.text(&answer, "id")?, state, redirect_uri, pays, tokens };
        Ok(Begun { link, launch: Some(fields(launch)) })
    }

    fn check(link: &Link, result: &Value) -> Result<(), ShopError> {
        let other_flow = result["flowId"].as_str().is_some_and(|id| id != link.flow_id);
        if result["state"] != link.state.as_str() || other_flow {
            return Err(ShopError::another_link());
        }
        Ok(())
    }

    /// The code counts when finX exchanges it. Who came back has none: the tokens of before are good. Who pays has none either: the
    /// receipt counts.
    async fn confirm(&self, mut link: Link, result: &Value) -> Result<Link, ShopError> {
        if link.pays {
            self.receipt(&link).await?;
            return Ok(link);
        }
        let code = result["code"].as_str().filter(|code| !code.is_empty());
        match code {
            Some(code) => {
                let uri = &link.redirect_uri;
                let grant = json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": uri });
                link.tokens = Some(self.tokens(&grant).await?);
            }
            None if link.tokens.is_some() => {}
            None => return Err(ShopError::bad_request("The code is missing")),
        }
        Ok(link)
    }

    async fn fetch(&self, mut link: Link, desk: &dyn Desk) -> Result<Link, ShopError> {
        if link.pays {
            desk.keep("payment", json!([self.receipt(&link).await?]));
            return Ok(link);
        }
        let missing = || ShopError::provider("finX has exchanged no code");
        let mut tokens = link.tokens.take().ok_or_else(missing)?;
        for kind in ["accounts", "transactions"] {
            let mut answer = self.get(&format!("/rest/{kind}"), &mut tokens).await?;
            desk.keep(kind, answer[kind].take());
        }
        link.tokens = Some(tokens);
        Ok(link)
    }

    /// The IDs of the accounts.
    fn connection(link: &Link, data: &Map<String, Value>) -> Option<Value> {
        link.tokens.as_ref()?;
        let accounts = data.get("accounts")?.as_array()?;
        let ids: Vec<_> = accounts.iter().map(|account| account["account_id"].clone()).collect();
        (!ids.is_empty()).then(|| ids.into())
    }
}

impl Finx {
    async fn receipt(&self, link: &Link) -> Result<Value, ShopError> {
        let request = self.api.get(&format!("/payment-receipts/{}", link.flow_id));
        self.api.send(request.basic_auth(&self.client_id, Some(&self.client_secret))).await
    }

    /// An access token that has expired is replaced once, with `kept` as the place for the new ones.
    async fn get(&self, path: &str, kept: &mut Tokens) -> Result<Value, ShopError> {
        let request = |token: &str| self.api.get(path).bearer_auth(token);
        let (status, answer) = self.api.ask(request(&kept.access)).await?;
        if status != StatusCode::UNAUTHORIZED {
            return self.api.accept(status, answer);
        }
        let grant = json!({ "grant_type": "refresh_token", "refresh_token": kept.refresh });
        *kept = self.tokens(&grant).await?;
        self.api.send(request(&kept.access)).await
    }

    async fn tokens(&self, grant: &Value) -> Result<Tokens, ShopError> {
        let answer = self.api.send(self.as_client("/auth/token", grant)).await?;
        let text = |field| self.api.text(&answer, field);
        Ok(Tokens { access: text("access_token")?, refresh: text("refresh_token")? })
    }

    fn as_client(&self, path: &str, body: &Value) -> RequestBuilder {
        self.api.post(path, body).basic_auth(&self.client_id, Some(&self.client_secret))
    }
}
