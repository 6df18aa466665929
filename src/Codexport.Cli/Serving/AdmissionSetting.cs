using Codexport.Engine;
using Codexport.Engine.Master;
using Codexport.Engine.Settings;

namespace Codexport.Cli.Serving;

/// <summary>The <c>admission</c> of <c>local.toml</c>, in force as soon as the file is saved.</summary>
internal sealed class AdmissionSetting(EngineContext context, Func<LocalSettings> read, ServerLog log)
{
    private readonly FileStamp _stamp = new(context, context.Home.SettingsFile);
    private readonly Lock _gate = new();
    private Admission _value = read().Admission;

    /// <summary>What holds now. While the file cannot be read, what held before does.</summary>
    public Admission Value
    {
        get
        {
            lock (_gate)
            {
                if (_stamp.IsDue())
                {
                    try
                    {
                        _value = read().Admission;
                    }
                    catch (CodexportException error)
                    {
                        log.Failed("Reading the settings", error);
                    }
                }

                return _value;
            }
        }
    }
}
