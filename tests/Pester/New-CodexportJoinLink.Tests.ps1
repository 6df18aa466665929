param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMasterHome (Join-Path $TestDrive 'master')
}

Describe 'New-CodexportJoinLink' {
    It 'gives the link, the command that uses it and the fingerprint' {
        $result = New-CodexportJoinLink master.example.ts.net -Port 17999 -HomePath $master
        $result.JoinLink | Should -Match "^codexport://join\?host=master\.example\.ts\.net&port=17999&fingerprint=$($result.Fingerprint)&invite=\w+"
        $result.Command | Should -Be "Join-CodexportFollower '$($result.JoinLink)'"
        $result.Fingerprint | Should -Be (Get-CodexportStatus -HomePath $master).Fingerprint
    }

    It 'gives the same link until it is renewed' {
        $link = (New-CodexportJoinLink localhost -HomePath $master).JoinLink
        (New-CodexportJoinLink localhost -HomePath $master).JoinLink | Should -Be $link
        (New-CodexportJoinLink localhost -Renew -HomePath $master).JoinLink | Should -Not -Be $link
    }

    It 'makes links that end by themselves, and leaves the durable one' {
        $durable = (New-CodexportJoinLink localhost -HomePath $master).JoinLink
        $limited = New-CodexportJoinLink localhost -ExpiresIn 1h -Uses 2 -HomePath $master
        $limited.Uses | Should -Be 2
        $limited.Expires | Should -BeGreaterThan ([DateTimeOffset]::Now.AddMinutes(59))
        $limited.Expires | Should -BeLessOrEqual ([DateTimeOffset]::Now.AddMinutes(60))
        $limited.JoinLink | Should -Not -Be $durable
        (New-CodexportJoinLink localhost -HomePath $master).JoinLink | Should -Be $durable
    }

    It 'refuses limits that are none' {
        (Get-ErrorOf { New-CodexportJoinLink localhost -Uses 0 -HomePath $master }).FullyQualifiedErrorId | Should -Match '^(ParameterArgumentValidationError|InvalidUsage),'
        Get-ErrorOf { New-CodexportJoinLink localhost -ExpiresIn soon -HomePath $master } | Should -Not -BeNullOrEmpty
        Get-ErrorOf { New-CodexportJoinLink localhost -Renew -Uses 1 -HomePath $master } | Should -Not -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf' {
        $before = Get-Snapshot $TestDrive
        New-CodexportJoinLink localhost -Renew -HomePath $master -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'writes what the program prints' {
        $result = New-CodexportJoinLink localhost -HomePath $master
        Assert-SameJson $result (Get-ProgramJson $ProgramPath $master 'master', 'link', '--host', 'localhost')
    }

    It 'is shown whole, one field a line, unless a table is asked for' {
        $result = New-CodexportJoinLink localhost -HomePath $master
        Assert-View $result 'Codexport.Engine.Results.JoinLinkResult'
        $result | Out-String -Width 400 | Should -BeLike "*JoinLink*$($result.JoinLink)*"
    }

    It 'offers the names of this machine, not files' {
        Get-Completion 'New-CodexportJoinLink -HostName ' | Should -Contain ([Environment]::MachineName)
        Get-Completion 'Start-CodexportMaster -HostName 0' | Should -Be '0.0.0.0'
        Get-Completion 'Start-CodexportMaster -Allow 192.168.0' | Should -Contain '192.168.0.0/16'
    }

    It 'needs a master' {
        $none = Join-Path $TestDrive 'none'
        Assert-Error (Get-ErrorOf { New-CodexportJoinLink localhost -HomePath $none }) 'New-CodexportJoinLink' 'NotMaster' 'InvalidOperation' (Join-Path $none '.codexport')
    }

    It 'refuses a host that is none' {
        $record = Get-ErrorOf { New-CodexportJoinLink 'not a host' -HomePath $master }
        Assert-Error $record 'New-CodexportJoinLink' 'InvalidUsage' 'InvalidArgument' 'not a host'
        (Get-ErrorOf { New-CodexportJoinLink localhost -Port 0 -HomePath $master }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }
}
