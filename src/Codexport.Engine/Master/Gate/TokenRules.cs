using System.Buffers;

namespace Codexport.Engine.Master.Gate;

/// <summary>Finds tokens by the forms that their makers publish: a beginning that nothing else has, then so many characters of an alphabet.</summary>
internal static class TokenRules
{
    private const string Digits = "0123456789";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string LettersAndDigits = Digits + Upper + Lower;
    private const string Url = LettersAndDigits + "_-";
    private const int FewestKinds = 8;

    // A word that says so, or a run of one character, is what documentation puts in the place of a token.
    private static readonly string[] Placeholders = ["example", "xxxx", "your", "placeholder", "redacted", "0000000000", "..."];

    private static readonly TokenForm[] Forms =
    [
        new("sk-ant-", 32, Url, "an Anthropic key"),
        new("sk-or-v1-", 32, Url, "an OpenRouter key"),
        new("sk-proj-", 32, Url, "an OpenAI key"),
        new("sk-svcacct-", 32, Url, "an OpenAI key"),
        new("sk-admin-", 32, Url, "an OpenAI key"),
        new("sk-", 20, Url, "an API key") { IsMixed = true },
        new("sess-", 32, LettersAndDigits, "an OpenAI session key"),
        new("ghp_", 36, LettersAndDigits, "a GitHub token"),
        new("gho_", 36, LettersAndDigits, "a GitHub token"),
        new("ghu_", 36, LettersAndDigits, "a GitHub token"),
        new("ghs_", 36, LettersAndDigits, "a GitHub token"),
        new("ghr_", 36, LettersAndDigits, "a GitHub token"),
        new("github_pat_", 22, LettersAndDigits + "_", "a GitHub token"),
        new("glpat-", 20, Url, "a GitLab token"),
        new("glptt-", 20, Url, "a GitLab token"),
        new("gldt-", 20, Url, "a GitLab token"),
        new("glrt-", 20, Url, "a GitLab token"),
        new("AKIA", 16, Upper + Digits, "an AWS access key") { IsExact = true },
        new("ASIA", 16, Upper + Digits, "an AWS access key") { IsExact = true },
        new("ABIA", 16, Upper + Digits, "an AWS access key") { IsExact = true },
        new("ACCA", 16, Upper + Digits, "an AWS access key") { IsExact = true },
        new("AIza", 35, Url, "a Google API key"),
        new("ya29.", 20, Url, "a Google access token"),
        new("GOCSPX-", 28, Url, "a Google client secret"),
        new("xoxa-", 10, LettersAndDigits + "-", "a Slack token") { HasDigit = true },
        new("xoxb-", 10, LettersAndDigits + "-", "a Slack token") { HasDigit = true },
        new("xoxe-", 10, LettersAndDigits + "-", "a Slack token") { HasDigit = true },
        new("xoxe.", 10, LettersAndDigits + "-.", "a Slack token") { HasDigit = true },
        new("xoxo-", 10, LettersAndDigits + "-", "a Slack token") { HasDigit = true },
        new("xoxp-", 10, LettersAndDigits + "-", "a Slack token") { HasDigit = true },
        new("xoxr-", 10, LettersAndDigits + "-", "a Slack token") { HasDigit = true },
        new("xoxs-", 10, LettersAndDigits + "-", "a Slack token") { HasDigit = true },
        new("xapp-", 10, LettersAndDigits + "-", "a Slack token") { HasDigit = true },
        new("hooks.slack.com/services/T", 20, LettersAndDigits + "/", "a Slack webhook"),
        new("discord.com/api/webhooks/", 40, Url + "/", "a Discord webhook"),
        new("sk_live_", 16, LettersAndDigits, "a Stripe key"),
        new("rk_live_", 16, LettersAndDigits, "a Stripe key"),
        new("whsec_", 24, LettersAndDigits + "+/", "a Stripe webhook secret"),
        new("npm_", 36, LettersAndDigits, "an npm token"),
        new("pypi-AgEI", 40, Url, "a PyPI token"),
        new("hf_", 30, LettersAndDigits, "a Hugging Face token"),
        new("gsk_", 40, LettersAndDigits, "a Groq key"),
        new("xai-", 60, LettersAndDigits, "an xAI key"),
        new("pplx-", 40, LettersAndDigits, "a Perplexity key"),
        new("r8_", 36, LettersAndDigits, "a Replicate token"),
        new("SG.", 60, Url + ".", "a SendGrid key"),
        new("dop_v1_", 64, Digits + "abcdef", "a DigitalOcean token"),
        new("tskey-", 20, Url, "a Tailscale key") { HasDigit = true },
        new("hvs.", 24, Url, "a Vault token"),
        new("hvb.", 24, Url, "a Vault token"),
        new("dapi", 32, Digits + "abcdef", "a Databricks token"),
        new("lin_api_", 32, LettersAndDigits, "a Linear key"),
        new("ntn_", 40, LettersAndDigits, "a Notion token"),
        new("sbp_", 40, Digits + "abcdef", "a Supabase token"),
        new("dckr_pat_", 20, Url, "a Docker token"),
        new("ATATT3", 60, Url + "=", "an Atlassian token"),
        new("shpat_", 32, Digits + "abcdefABCDEF", "a Shopify token"),
        new("glsa_", 32, LettersAndDigits + "_", "a Grafana token"),
        new("sntrys_", 40, Url + "+/=", "a Sentry token"),
        new("AccountKey=", 80, LettersAndDigits + "+/=", "an Azure storage key"),
        new("eyJ", 30, Url + ".", "a JSON web token") { IsWebToken = true },
        new("AGE-SECRET-KEY-1", 40, Upper + Digits, "an age key"),
    ];

    private static readonly SearchValues<string> Beginnings =
        SearchValues.Create([.. Forms.Select(form => form.Beginning), "PRIVATE KEY-----", "://"], StringComparison.Ordinal);

    /// <summary>The tokens of a text: where each begins, what it is, and itself, for its hash alone.</summary>
    public static IEnumerable<(int Index, string What, string Token)> Find(string text)
    {
        for (var index = IndexOfAny(text, 0); index >= 0; index = IndexOfAny(text, index))
        {
            if (At(text, index) is var (what, start, end))
            {
                yield return (start, what, text[start..end]);
                index = Math.Max(end, index + 1);
            }
            else
            {
                index++;
            }
        }
    }

    private static int IndexOfAny(string text, int start)
        => start < text.Length && text.AsSpan(start).IndexOfAny(Beginnings) is >= 0 and var index ? start + index : -1;

    private static (string What, int Start, int End)? At(string text, int index)
    {
        if (text.AsSpan(index).StartsWith("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            var begin = text.LastIndexOf("-----BEGIN ", index, StringComparison.Ordinal);
            return begin >= 0 && index - begin < 40 && !text.AsSpan(begin, index - begin).Contains('\n') ? ("a private key", begin, index + 16) : null;
        }

        if (text.AsSpan(index).StartsWith("://", StringComparison.Ordinal))
        {
            return PasswordOf(text, index + 3) is var (start, end) ? ("an address with a password", start, end) : null;
        }

        // In the middle of a word it is a part of something else.
        if (index > 0 && char.IsAsciiLetterOrDigit(text[index - 1]))
        {
            return null;
        }

        foreach (var form in Forms)
        {
            if (form.LengthAt(text, index) is > 0 and var length && IsRandom(text.AsSpan(index + form.Beginning.Length, length - form.Beginning.Length)))
            {
                return (form.What, index, index + length);
            }
        }

        return null;
    }

    /// <summary>The password of <c>scheme://user:password@host</c>, unless it is a variable or says that it is none.</summary>
    private static (int Start, int End)? PasswordOf(string text, int start)
    {
        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('/' or '?' or '#' or '"' or '\'' or '<' or '>' or '`' or ')'))
        {
            end++;
        }

        var place = text.AsSpan(start, end - start);
        var at = place.LastIndexOf('@');
        var colon = at < 0 ? -1 : place[..at].IndexOf(':');
        if (colon <= 0 || at - colon <= 6)
        {
            return null;
        }

        var password = place[(colon + 1)..at];
        return password.IndexOfAny("${}*%") >= 0 || IsPlaceholder(password) || password.Contains("password", StringComparison.OrdinalIgnoreCase)
            ? null
            : (start + colon + 1, start + at);
    }

    private static bool IsRandom(ReadOnlySpan<char> body)
    {
        var kinds = new HashSet<char>();
        foreach (var letter in body)
        {
            kinds.Add(letter);
        }

        return kinds.Count >= FewestKinds && !IsPlaceholder(body);
    }

    private static bool IsPlaceholder(ReadOnlySpan<char> body)
    {
        foreach (var word in Placeholders)
        {
            if (body.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One form of token.</summary>
    /// <param name="Beginning">What it begins with.</param>
    /// <param name="Length">The fewest characters that follow.</param>
    /// <param name="Alphabet">The characters that follow.</param>
    /// <param name="What">What it is, with its article.</param>
    private sealed record TokenForm(string Beginning, int Length, string Alphabet, string What)
    {
        private readonly SearchValues<char> _alphabet = SearchValues.Create(Alphabet);

        /// <summary>Whether no more than <see cref="Length"/> characters may follow.</summary>
        public bool IsExact { get; init; }

        /// <summary>Whether a word without a digit is none: the beginning is short.</summary>
        public bool HasDigit { get; init; }

        /// <summary>Whether capitals, small letters and digits are all in it.</summary>
        public bool IsMixed { get; init; }

        /// <summary>Whether it has three parts with points between, the second of which begins as the first does.</summary>
        public bool IsWebToken { get; init; }

        /// <summary>How long it is from there on, its beginning included; 0 when it is not there.</summary>
        public int LengthAt(string text, int index)
        {
            if (!text.AsSpan(index).StartsWith(Beginning, StringComparison.Ordinal))
            {
                return 0;
            }

            var body = text.AsSpan(index + Beginning.Length);
            var length = body.IndexOfAnyExcept(_alphabet) is >= 0 and var end ? end : body.Length;
            body = body[..length];
            var fits = length >= Length
                && !(IsExact && length > Length)
                && (!HasDigit || body.IndexOfAnyInRange('0', '9') >= 0)
                && (!IsMixed || (body.IndexOfAnyInRange('0', '9') >= 0 && body.IndexOfAnyInRange('a', 'z') >= 0 && body.IndexOfAnyInRange('A', 'Z') >= 0))
                && (!IsWebToken || (body.IndexOf(".eyJ", StringComparison.Ordinal) is > 0 and var second && body[(second + 1)..].Contains('.')));
            return fits ? Beginning.Length + length : 0;
        }
    }
}
