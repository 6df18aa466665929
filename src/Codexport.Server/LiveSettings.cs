using System.Globalization;
using System.Net;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;

namespace Codexport.Server;

/// <summary>
/// What of <c>local.toml</c> the server goes by, in force as soon as the file is saved: who may speak to it, and who gets in. While the file
/// cannot be read, what held before does, and it is told once. What counts only at the start is told as such.
/// </summary>
internal sealed class LiveSettings
{
    private readonly FileStamp _stamp;
    private readonly Func<LocalSettings> _read;
    private readonly MasterServerOptions _options;
    private readonly ServerLog _log;
    private readonly Lock _gate = new();
    private readonly int _portAtStart;
    private int _portTold;
    private string? _failureTold;
    private PeerFilter _filter;
    private Admission _admission;
    private IReadOnlyList<PublishTarget> _publish;
    private RolloutSettings _rollout;

    /// <summary>Reads the settings for the first time.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.SettingsInvalid"/> and the like: a server does not start with these.</exception>
    public LiveSettings(EngineContext context, Func<LocalSettings> read, MasterServerOptions options, ServerLog log)
    {
        (_read, _options, _log) = (read, options, log);
        _stamp = new FileStamp(context.Files, context.Time, context.Home.SettingsFile);
        _stamp.IsDue();
        var settings = read();
        (_filter, _admission, _rollout, _portAtStart, _portTold) = (FilterOf(settings), settings.Admission, settings.Rollout, settings.Port, settings.Port);
        _publish = settings.Publish;
    }

    /// <summary>Who gets in.</summary>
    public Admission Admission
    {
        get
        {
            Refresh();
            return _admission;
        }
    }

    /// <summary>The stores to keep up to date.</summary>
    public IReadOnlyList<PublishTarget> Publish
    {
        get
        {
            Refresh();
            return _publish;
        }
    }

    /// <summary>To whom a publication goes first, by the settings as last read.</summary>
    public RolloutSettings Rollout => Volatile.Read(ref _rollout);

    /// <summary>Whether an address may speak to the master, by the settings as last read.</summary>
    public bool Allows(IPAddress address) => Volatile.Read(ref _filter).Allows(address);

    /// <summary>Reads the settings again if the file changed.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            if (!_stamp.IsDue())
            {
                return;
            }

            try
            {
                var settings = _read();
                Volatile.Write(ref _filter, FilterOf(settings));
                _admission = settings.Admission;
                _publish = settings.Publish;
                Volatile.Write(ref _rollout, settings.Rollout);
                _failureTold = null;
                CheckPort(settings.Port);
            }
            catch (CodexportException error)
            {
                if (_failureTold != error.Message)
                {
                    _failureTold = error.Message;
                    _log.Failed("Reading the settings", error);
                }
            }
        }
    }

    private PeerFilter FilterOf(LocalSettings settings) => new(_options.AllowedPeers.Concat(settings.AllowedPeers));

    private void CheckPort(int port)
    {
        // A port from the command line is not what the settings say, and stays what it is.
        if (port == _portTold || _options.Port != _portAtStart)
        {
            return;
        }

        _portTold = port;
        if (port != _portAtStart)
        {
            var (now, then) = (_portAtStart.ToString(CultureInfo.InvariantCulture), port.ToString(CultureInfo.InvariantCulture));
            _log.Tell(new ServerWarning(
                _log.Now, ErrorCode.RestartNeeded.ToString(), $"The settings say port {then}; the server listens on {now} until it is started again."));
        }
    }
}
