using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Codexport.Engine.Results;

namespace Codexport.Server.Dashboard.Pages;

/// <summary>Makes a join link, and shows it as text and as a QR code.</summary>
internal static class LinkPage
{
    private static readonly (string Value, string Text)[] Times = [("", "until it is renewed"), ("1h", "for an hour"), ("1d", "for a day"), ("7d", "for a week")];

    /// <summary>Shows the form.</summary>
    public static async Task ShowAsync(PageView view)
    {
        var groups = await view.Parts.Master.GetGroupsAsync(view.Stop);
        await view.SendAsync("Join link", Section.Link, Html.Of($"""
            <h1>Join link</h1>
            {Form(view, string.Join(", ", OwnNames().Take(1)), groups)}
            """));
    }

    /// <summary>Shows a link that was made.</summary>
    public static async Task ShowLinkAsync(PageView view, LinkWish wish, JoinLinkResult link)
    {
        var groups = await view.Parts.Master.GetGroupsAsync(view.Stop);
        await view.SendAsync("Join link", Section.Link, Html.Of($"""
        <h1>Join link</h1>
        <section class="card link" aria-labelledby="made"><h2 id="made">Give it only to your own machines</h2>
        <div class="columns"><div>
        <p>Whoever has this link can join{Html.If(link.Group is not null, () => Html.Of($" the group {link.Group}"))}{Html.If(link.Uses is not null, () => Html.Of($" ({Words.Count(link.Uses!.Value, "machine")})"))}{Html.If(link.Expires is not null, () => Html.Of($", until {link.Expires!.Value.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}"))}. It is shown here once{Html.If(link.Expires is null && link.Uses is null, () => Html.Of($", and is the same until you renew it"))}.</p>
        {Copy("link", "The link", link.JoinLink)}
        {Copy("command", "Run on the other machine", link.Command)}
        <p class="faint">The master's key is <code>{link.Fingerprint}</code>.</p>
        </div><figure>{QrImage.Of(link.JoinLink)}<figcaption>The link as a QR code</figcaption></figure></div>
        </section>
        {Form(view, string.Join(", ", wish.Hosts), groups)}
        """));
    }

    private static Html Copy(string id, string label, string text) => Html.Of($"""
        <p class="copy"><label for="{id}">{label}</label><span><input id="{id}" type="text" readonly value="{text}" autocomplete="off" spellcheck="false"><button type="button" data-copy="{id}">Copy<span class="unseen"> {label}</span></button></span></p>
        """);

    private static Html Form(PageView view, string hosts, IReadOnlyList<GroupInfo> groups) => Html.Of($"""
        <form class="card wide" method="post" action="{view.Root}link" autocomplete="off">{view.FormToken}
        <p><label for="hosts">Name or address of this machine, as others reach it</label><input id="hosts" name="hosts" value="{hosts}" list="names" required spellcheck="false"><span class="faint">Several with commas between, best first.</span></p>
        <datalist id="names">{Html.Each(OwnNames(), name => Html.Of($"""<option value="{name}"></option>"""))}</datalist>
        <p><label for="expires">It lets in</label><select id="expires" name="expires">{Html.Each(Times, time => Html.Of($"""<option value="{time.Value}">{time.Text}</option>"""))}</select></p>
        <p><label for="uses">How many machines</label><input id="uses" name="uses" type="number" min="1" max="10000" placeholder="any number"></p>
        {Html.If(groups.Count > 0, () => Html.Of($"""<p><label for="group">Group</label><select id="group" name="group"><option value="">none</option>{Html.Each(groups, group => Html.Of($"""<option value="{group.Name}">{group.Name}</option>"""))}</select></p>"""))}
        <p><button class="main" id="make">Make the link</button></p>
        </form>
        """);

    // A suggestion: what this machine is called, and where it can be reached.
    private static IEnumerable<string> OwnNames()
    {
        yield return Dns.GetHostName();
        foreach (var address in NetworkInterface.GetAllNetworkInterfaces()
            .Where(item => item is { OperationalStatus: OperationalStatus.Up, NetworkInterfaceType: not NetworkInterfaceType.Loopback })
            .SelectMany(item => item.GetIPProperties().UnicastAddresses)
            .Select(item => item.Address)
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork || !address.IsIPv6LinkLocal)
            .Take(8))
        {
            yield return address.ToString();
        }
    }
}
